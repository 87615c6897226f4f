package auth

import "hazard/internal/http1"

// Tokens keeps the tokens that a worker fetched for its users.
type Tokens struct{ shared *http1.Shared }

// NewTokens makes an empty store that fetches over shared.
func NewTokens(shared *http1.Shared) *Tokens { return &Tokens{shared: shared} }

type challenge struct{}
