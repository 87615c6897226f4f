package agent

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// workerID is the id of this worker: the one in the data folder, else a new one that is kept there.
// Two agents on one machine have folders of their own, else they would be one worker.
func workerID(dataDir string) (string, error) {
	if dataDir == "" {
		return uuid.NewString(), nil
	}
	path := filepath.Join(dataDir, "worker-id")
	content, err := os.ReadFile(path)
	if err == nil {
		if id, err := uuid.Parse(strings.TrimSpace(string(content))); err == nil {
			return id.String(), nil
		}
	}
	id := uuid.NewString()
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return "", fmt.Errorf("data folder: %w", err)
	}
	if err := os.WriteFile(path, []byte(id+"\n"), 0o600); err != nil {
		return "", fmt.Errorf("worker id: %w", err)
	}
	return id, nil
}
