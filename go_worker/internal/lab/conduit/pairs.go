package conduit

import "container/list"

// pairs is a set of (left, right) pairs that forgets the oldest pair above its limit.
type pairs[L, R comparable] struct {
	limit   int
	order   *list.List // pair[L, R], newest first
	byLeft  map[L]map[R]*list.Element
	byRight map[R]map[L]*list.Element
}

type pair[L, R comparable] struct {
	left  L
	right R
}

func newPairs[L, R comparable](limit int) *pairs[L, R] {
	return &pairs[L, R]{
		limit: limit, order: list.New(),
		byLeft: map[L]map[R]*list.Element{}, byRight: map[R]map[L]*list.Element{},
	}
}

func (p *pairs[L, R]) has(left L, right R) bool {
	_, ok := p.byLeft[left][right]
	return ok
}

func (p *pairs[L, R]) add(left L, right R) {
	if p.has(left, right) {
		return
	}
	at := p.order.PushFront(pair[L, R]{left, right})
	if p.byLeft[left] == nil {
		p.byLeft[left] = map[R]*list.Element{}
	}
	if p.byRight[right] == nil {
		p.byRight[right] = map[L]*list.Element{}
	}
	p.byLeft[left][right] = at
	p.byRight[right][left] = at
	if p.order.Len() > p.limit {
		oldest := p.order.Back().Value.(pair[L, R])
		p.remove(oldest.left, oldest.right)
	}
}

func (p *pairs[L, R]) remove(left L, right R) {
	at, ok := p.byLeft[left][right]
	if !ok {
		return
	}
	p.order.Remove(at)
	delete(p.byLeft[left], right)
	if len(p.byLeft[left]) == 0 {
		delete(p.byLeft, left)
	}
	delete(p.byRight[right], left)
	if len(p.byRight[right]) == 0 {
		delete(p.byRight, right)
	}
}

func (p *pairs[L, R]) removeLeft(left L) {
	for right := range p.byLeft[left] {
		p.remove(left, right)
	}
}

func (p *pairs[L, R]) removeRight(right R) {
	for left := range p.byRight[right] {
		p.remove(left, right)
	}
}
