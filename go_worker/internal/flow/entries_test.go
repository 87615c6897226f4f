package flow

import (
	"testing"

	"hazard/internal/http1"
	"hazard/internal/pb"
)

func compiled(t *testing.T, version uint32, known []*pb.StepEntry, steps ...*pb.Step) *Program {
	t.Helper()
	plan := &pb.Plan{Tasks: []*pb.Task{{Id: "t", Name: "t", Steps: steps}}}
	program, findings := Compile(Input{Plan: plan, HTTP: http1.NewShared(http1.Options{}), Known: known, Version: version})
	if Failed(findings) {
		t.Fatal(findings)
	}
	return program
}

func asking(id, name string) *pb.Step {
	return &pb.Step{Id: id, Name: name, Kind: &pb.Step_Request{Request: &pb.Request{Url: "http://a.example/" + id}}}
}

// numbers are the entries of a program's steps, in its order.
func numbers(p *Program) (found []uint32) {
	for _, n := range p.tasks[0].steps.nodes {
		if p.Entries[n.entry].Entry != n.entry || p.places[n.entry] == "" {
			return nil
		}
		found = append(found, n.entry)
	}
	return found
}

func TestStepsOfOneNameAreToldApartByTheirIdsThenByTheirOrder(t *testing.T) {
	first := compiled(t, 1, nil, asking("1", "same"), asking("2", "same"), asking("3", "other"))
	second := compiled(t, 2, first.Entries, asking("9", "same"), asking("2", "same"), asking("1", "same"), asking("3", "same"))
	for i, want := range []uint32{4, 1, 0, 5} {
		if got := numbers(second); len(got) != 4 || got[i] != want {
			t.Errorf("step %d of %v has not number %d", i, got, want)
		}
	}
	if gone := second.Entries[2]; gone.Name != "other" || gone.PlanVersionTo != 1 {
		t.Errorf("what was taken out is %v", gone)
	}
	// A worker that joins now, and gets the entries in the order in which they are shown, agrees.
	joined := compiled(t, 2, second.Listed(), asking("9", "same"), asking("2", "same"), asking("1", "same"), asking("3", "same"))
	for i, one := range joined.Entries {
		if before := second.Entries[i]; one.Name != before.Name || one.PlanVersionFrom != before.PlanVersionFrom || one.PlanVersionTo != before.PlanVersionTo {
			t.Errorf("entry %d is %v instead of %v", i, one, before)
		}
	}
}
