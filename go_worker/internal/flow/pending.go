package flow

import (
	"hazard/internal/auth"
	"hazard/internal/pb"
)

type extractor struct{}
type assertion struct{}
type script struct{}
type trace struct{}
type Observer interface{}

func (t *trace) begin(x *Exec, n *node)                                              {}
func (t *trace) end(x *Exec)                                                         {}
func (c *compiler) compileExtractors(r *request, plan []*pb.Extractor, where string) {}
func (c *compiler) compileAssertions(r *request, plan []*pb.Assertion, where string) {}
func (c *compiler) compileScript(plan *pb.Script, where string) *script              { return nil }
func (c *compiler) compileScriptStep(plan *pb.Script, n *node, where string) runner  { return nil }
func (c *compiler) reportUnknown()                                                   {}
func (r *request) save(x *Exec) signal                                               { return goOn }
func (r *request) check(x *Exec) signal                                              { return goOn }
func (s *script) judge(x *Exec) (signal, bool)                                       { return goOn, false }
func (x *Exec) authState() *auth.State                                               { return nil }
