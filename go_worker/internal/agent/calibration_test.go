package agent

import (
	"context"
	"testing"

	"google.golang.org/grpc/codes"

	"hazard/internal/lab/labtest"
	"hazard/internal/pb"
)

const toldFloor = `{"p50_us":22,"p99_us":60,"cost_us":10,"rate_per_core":100000,"requests":"9"}`

// machineOfItsOwn keeps a test apart from what else this user runs on the machine.
func machineOfItsOwn(t *testing.T) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
}

func TestAFloorIsToldAndKeptOverARestart(t *testing.T) {
	machineOfItsOwn(t)
	folder := t.TempDir()
	measures := func(c *Config) {
		c.DataDir = folder
		c.CalibrateCommand = []string{"echo", toldFloor}
	}
	w := startWorker(t, measures)
	floor, err := w.client.Calibrate(labtest.Within(t), &pb.CalibrateRequest{})
	if err != nil || floor.P50Us != 22 {
		t.Fatalf("told %v (%v)", floor, err)
	}
	w.leave()
	again := startWorker(t, measures)
	info, err := again.client.Describe(labtest.Within(t), &pb.DescribeRequest{})
	if err != nil || info.Floor.GetP50Us() != 22 {
		t.Errorf("after a restart: %v (%v)", info.GetFloor(), err)
	}
	newer := startWorker(t, measures, func(c *Config) { c.Version = "another" })
	if info, err := newer.client.Describe(labtest.Within(t), &pb.DescribeRequest{}); err != nil || info.Floor != nil {
		t.Errorf("another version takes the old floor for its own: %v (%v)", info.GetFloor(), err)
	}
}

func TestAnIdleWorkerMeasuresItsFloorByItself(t *testing.T) {
	machineOfItsOwn(t)
	config := Config{CalibrateCommand: []string{"echo", toldFloor}, CalibrateWhenIdle: true}
	a := &Agent{config: config, calibration: newCalibration(config)}
	looks := 0
	a.calibration.idle = func(context.Context) (idle, ok bool) {
		looks++
		return looks == 3, true
	}
	a.calibrateWhenIdle(labtest.Within(t))
	if a.calibration.known().GetP50Us() != 22 || looks != 3 {
		t.Errorf("after %d looks it knows %v", looks, a.calibration.known())
	}
}

func TestARunEndsACalibrationAndKeepsOthersAway(t *testing.T) {
	machineOfItsOwn(t)
	file := t.TempDir() + "/pid"
	slow := func(c *Config) {
		c.CalibrateCommand = []string{"sh", "-c", "echo $$ > " + file + "; sleep 60 & wait"}
	}
	w, other, target := startWorker(t, slow), startWorker(t, slow), labtest.StartSite(t)
	failed := make(chan error, 1)
	go func() {
		_, err := w.client.Calibrate(context.Background(), &pb.CalibrateRequest{})
		failed <- err
	}()
	pid := 0
	labtest.Await(t, "the calibration", func() bool {
		pid = pidIn(file)
		return pid != 0
	})
	w.prepare(request("run", 1, planFor(target)))
	labtest.Await(t, "the calibration to go", func() bool { return isGone(pid) })
	isCode(t, <-failed, codes.Aborted, "a run began")
	// Of another worker on this machine too.
	_, err := other.client.Calibrate(labtest.Within(t), &pb.CalibrateRequest{})
	isCode(t, err, codes.FailedPrecondition, "a run or another calibration goes on")
	_, err = w.client.Calibrate(labtest.Within(t), &pb.CalibrateRequest{})
	isCode(t, err, codes.FailedPrecondition, "a run or another calibration goes on")
}

func TestACalibrationThatFailsTellsWhy(t *testing.T) {
	machineOfItsOwn(t)
	w := startWorker(t, func(c *Config) {
		c.CalibrateCommand = []string{"sh", "-c", "echo no loopback >&2; exit 1"}
	})
	_, err := w.client.Calibrate(labtest.Within(t), &pb.CalibrateRequest{})
	isCode(t, err, codes.Internal, "no loopback")
}
