package template

// Names gives each variable name of a plan a slot, so that a user's values are found by index. It
// grows while a plan is loaded; Freeze makes it safe for concurrent use.
type Names struct {
	slots  map[string]int
	names  []string
	frozen bool
}

// NewNames makes an empty table.
func NewNames() *Names { return &Names{slots: map[string]int{}} }

// Slot is the slot of a name; a new one unless the table is frozen, then NoSlot.
func (n *Names) Slot(name string) int {
	if slot, known := n.slots[name]; known {
		return slot
	}
	if n.frozen {
		return NoSlot
	}
	slot := len(n.names)
	n.slots[name] = slot
	n.names = append(n.names, name)
	return slot
}

// Freeze ends the growing.
func (n *Names) Freeze() { n.frozen = true }

// Len is the number of slots.
func (n *Names) Len() int { return len(n.names) }

// Name is the name of a slot.
func (n *Names) Name(slot int) string { return n.names[slot] }
