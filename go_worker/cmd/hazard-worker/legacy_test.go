package main

import (
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"

	"hazard/internal/pb"
)

func TestTheWorkerIsAnnouncedToThePriorArtOnlyWhenAskedTo(t *testing.T) {
	info := &pb.WorkerInfo{WorkerId: "id", Address: "load1.example:7070"}
	for arguments, want := range map[string]map[string]string{
		"":         {"/hazard/v1/agents/id": ""},
		"--legacy": {"/hazard/v1/agents/id": "", "/ns/boomer_service/load1.example:7070": "load1.example:7070"},
	} {
		o, err := parseFlags(strings.Fields(arguments), io.Discard)
		if err != nil {
			t.Fatal(err)
		}
		record, err := o.registration(info, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		got := maps.Clone(record.Records)
		got["/hazard/v1/agents/id"] = "" // hazard's own record is not the question
		if !maps.Equal(got, want) {
			t.Errorf("%q announces %v", arguments, slices.Sorted(maps.Keys(got)))
		}
	}
}
