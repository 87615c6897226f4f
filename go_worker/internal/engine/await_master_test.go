package engine

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const aWhile = 10 * time.Second

func TestAnEngineWaitsForItsMasterAsLongAsNothingNeedsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		connected, needed := make(chan struct{}), make(chan struct{})
		time.AfterFunc(30*aWhile, func() { close(connected) })
		if err := awaitMaster(t.Context(), connected, needed, aWhile); err != nil {
			t.Errorf("a master that came late: %v", err)
		}
	})
}

func TestTheLimitOfAMasterCountsFromTheLoadThatNeedsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began, needed := time.Now(), make(chan struct{})
		time.AfterFunc(3*aWhile, func() { close(needed) })
		err := awaitMaster(t.Context(), nil, needed, aWhile)
		if waited := time.Since(began); err == nil || !strings.Contains(err.Error(), "did not answer") || waited != 4*aWhile {
			t.Errorf("after %v: %v", waited, err)
		}
	})
}

func TestTheEndOfAnEngineEndsItsWaitForAMaster(t *testing.T) {
	for _, needed := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(aWhile/2, cancel)
			begun := make(chan struct{})
			if needed {
				close(begun)
			}
			if err := awaitMaster(ctx, nil, begun, aWhile); err != context.Canceled {
				t.Errorf("needed %v: %v", needed, err)
			}
		})
	}
}
