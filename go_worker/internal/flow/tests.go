package flow

import (
	"hazard/internal/check"
	"hazard/internal/pb"
)

func (c *compiler) compileTest(plan *pb.Test, where string) *check.Test {
	made, err := check.CompileTest(plan, c.names)
	if err != nil {
		c.fail("bad-test", where, err.Error(), "")
	}
	return made
}
