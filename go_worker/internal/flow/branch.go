package flow

// newBranch makes an Exec for a branch of a parallel step.
func (x *Exec) newBranch() *Exec { return NewExec(x.Program, x.Recorder, x.Control) }

// adopt lets branch number i run for the same user and iteration as x.
func (b *Exec) adopt(x *Exec, i int) {
	b.client = x.user.BranchClient(i)
	b.user, b.task, b.lateUs, b.shared = x.user, x.task, x.lateUs, x.shared
	b.answer.Jar = x.user.Client.Jar()
	b.failed, b.target, b.whole = false, -1, whole{}
	b.observeAs(x)
}
