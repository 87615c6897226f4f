package template

import "testing"

func TestTheNumberOfPostmanVariables(t *testing.T) {
	if n := len(postman()); n != 118 {
		t.Errorf("%d variables instead of 118", n)
	}
}
