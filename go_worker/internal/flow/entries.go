package flow

import (
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"hazard/internal/pb"
	"hazard/internal/stats"
)

// maxNameBytes bounds names of entries, as worker.proto says.
const maxNameBytes = 200

// addEntry adds an entry of the plan; its number is written to where it is kept.
func (c *compiler) addEntry(number *uint32, entry *pb.StepEntry) {
	*number = uint32(len(c.program.Entries))
	entry.Entry = *number
	entry.TaskId, entry.TaskName = c.taskID, stats.BoundedTo(c.task.name, maxNameBytes)
	entry.Name = stats.BoundedTo(strings.ToValidUTF8(entry.Name, "\uFFFD"), maxNameBytes)
	c.program.Entries = append(c.program.Entries, entry)
	c.program.places = append(c.program.places, "")
	c.numbered = append(c.numbered, number)
}

// numberEntries gives entries that the run knows their old numbers, and new ones the numbers behind.
// Entries of earlier plans that this one has no more stay, so that their counts keep their name.
func (c *compiler) numberEntries() {
	p, known := c.program, c.in.Known
	p.Version = max(c.in.Version, 1)
	p.listed = p.Entries
	if len(known) == 0 {
		return
	}
	ofPlan, places := p.Entries, p.places
	p.Entries = make([]*pb.StepEntry, len(known), len(known)+len(ofPlan))
	for _, one := range known {
		old := proto.CloneOf(one)
		if old.PlanVersionTo == 0 {
			old.PlanVersionTo = p.Version - 1
		}
		p.Entries[old.Entry] = old
	}
	for i, number := range continued(known, ofPlan) {
		entry := ofPlan[i]
		if number < 0 {
			number = len(p.Entries)
			entry.PlanVersionFrom = p.Version
			p.Entries = append(p.Entries, nil)
		} else {
			entry.PlanVersionFrom = p.Entries[number].PlanVersionFrom
		}
		entry.Entry, *c.numbered[i] = uint32(number), uint32(number)
		p.Entries[number] = entry
	}
	p.places = make([]string, len(p.Entries))
	for i, entry := range ofPlan {
		p.places[entry.Entry] = places[i]
	}
	p.listed = withRemoved(ofPlan, p.Entries)
}

// label is what an entry is called in tables and by Locust: what keeps its label keeps its numbers.
type label struct {
	task, name, method string
	kind               pb.EntryKind
}

func labelOf(entry *pb.StepEntry) label {
	return label{entry.TaskName, entry.Name, entry.Method, entry.Kind}
}

// continued finds the known number of each entry of a plan; -1: it is new. Of several with one label
// the one with the same step id is meant, then the first that is free.
func continued(known, ofPlan []*pb.StepEntry) []int {
	known = slices.Clone(known)
	slices.SortFunc(known, func(a, b *pb.StepEntry) int { return int(a.Entry) - int(b.Entry) })
	free := map[label][]*pb.StepEntry{}
	for _, one := range known {
		free[labelOf(one)] = append(free[labelOf(one)], one)
	}
	numbers := make([]int, len(ofPlan))
	take := func(i int, fits func(*pb.StepEntry) bool) {
		key := labelOf(ofPlan[i])
		if at := slices.IndexFunc(free[key], fits); at >= 0 {
			numbers[i] = int(free[key][at].Entry)
			free[key] = slices.Delete(free[key], at, at+1)
		}
	}
	for i, entry := range ofPlan {
		numbers[i] = -1
		take(i, func(old *pb.StepEntry) bool { return old.StepId == entry.StepId })
	}
	for i := range ofPlan {
		if numbers[i] < 0 {
			take(i, func(*pb.StepEntry) bool { return true })
		}
	}
	return numbers
}

// withRemoved is the entries of a plan in its order, each task followed by what it had before.
func withRemoved(ofPlan, all []*pb.StepEntry) []*pb.StepEntry {
	removed := map[string][]*pb.StepEntry{}
	var tasks []string
	for _, one := range all {
		if one.PlanVersionTo != 0 {
			if len(removed[one.TaskName]) == 0 {
				tasks = append(tasks, one.TaskName)
			}
			removed[one.TaskName] = append(removed[one.TaskName], one)
		}
	}
	listed := make([]*pb.StepEntry, 0, len(all))
	for i, entry := range ofPlan {
		listed = append(listed, entry)
		if i+1 == len(ofPlan) || ofPlan[i+1].TaskName != entry.TaskName {
			listed = append(listed, removed[entry.TaskName]...)
			delete(removed, entry.TaskName)
		}
	}
	for _, task := range tasks {
		listed = append(listed, removed[task]...)
	}
	return listed
}

// Listed are the entries in the order of the plan; those that it has no more stand with their task.
func (p *Program) Listed() []*pb.StepEntry { return p.listed }
