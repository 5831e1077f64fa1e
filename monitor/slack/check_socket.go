package slack

import (
	"context"
	"errors"
	"slices"
)

// Check asks Slack whether the app-level token opens Socket Mode, and adds to
// the report what keeps buttons and commands from working. An error means that
// Slack could not be asked.
func (s *Socket) Check(ctx context.Context, r *Report) error {
	defer s.transport.CloseIdleConnections()
	_, err := s.ticket(ctx) // which nobody uses, and which expires
	refused, no := errors.AsType[*socketRefused](err)
	switch {
	case no:
		r.fault("the app token was refused: %s (%s)", refused.reason, refused.hint())
	case err != nil:
		return err
	}
	r.Socket = err == nil
	if slices.Contains(r.Missing, commandsScope) {
		r.fault("scope %s is missing: needed to answer /newswatch (add it under OAuth & Permissions, and the command, as the manifest has it; then reinstall the app)", commandsScope)
	}
	return nil
}
