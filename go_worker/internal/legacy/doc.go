// Package legacy serves the prior art's service: a master hands a plan to this worker by InitBommer,
// its Locust counts the users, and EndBommer ends the run.
//
// What the original does is kept where it means something: every answer of 400 and above is a failure,
// redirects are not followed, certificates are not verified, one sample per iteration. Its faults are
// not: every method is sent as it stands, every user has cookies of its own, which begin with those of
// the setup requests, and what the test request saves is saved.
package legacy
