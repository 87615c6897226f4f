package vu_test

import (
	"testing"

	"hazard/internal/http1"
	"hazard/internal/pb"
	"hazard/internal/template"
	"hazard/internal/vu"
)

func TestATypedRowHasNoValueForWhatItLacksAndFillsInNames(t *testing.T) {
	row := func(values ...string) *pb.FeedRow { return &pb.FeedRow{Values: values} }
	data := &pb.FeedData{Name: "f", Columns: []string{"a", "b", "c", "d"},
		Rows:  []*pb.FeedRow{row("7", "", "null", "<{{a}}>")},
		Kinds: []*pb.FeedRow{row("7", "undefined", "null", "")}}
	made, err := vu.NewFeed(&pb.DataFeed{Name: "f", Typed: true}, data, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := template.NewNames()
	w := &vu.World{Names: names, HTTP: http1.NewShared(http1.Options{}), Feeds: []*vu.Feed{made}}
	w.Defaults = make([]vu.Default, len(data.Columns))
	for _, name := range data.Columns {
		w.Defaults[names.Slot(name)] = vu.Default{Kind: vu.FromColumn, Column: name}
	}
	names.Freeze()
	var thread vu.Thread
	vu.New(w, 0).Begin(&thread)
	text := template.Compile("{{a}}|{{b}}|{{c}}|{{d}}", names)
	if got := text.Render(&thread); got != "7|{{b}}|{{c}}|<7>" {
		t.Errorf("sent %q", got)
	}
	if _, found := thread.Column("b"); found || thread.ColumnKind("c") != "null" {
		t.Errorf("scripts see %v", thread.Columns())
	}
}
