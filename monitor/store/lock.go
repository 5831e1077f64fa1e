package store

import (
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"
)

// A processLock keeps a second worker away from a store. The system drops it
// when the process ends, however it ends.
type processLock struct{ file *os.File }

// lockFor takes the lock that lies beside the store's file.
func lockFor(path string) (*processLock, error) {
	file, err := os.OpenFile(path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock store: %w", err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(io.LimitReader(file, 64))
		file.Close()
		return nil, fmt.Errorf("%w: %s is held by process %s", ErrLocked, path, strings.TrimSpace(string(holder)))
	}
	// The process id is only for the message above; the lock itself is what counts.
	if err := file.Truncate(0); err == nil {
		fmt.Fprintln(file, os.Getpid())
	}
	return &processLock{file}, nil
}

func (l *processLock) release() { l.file.Close() }
