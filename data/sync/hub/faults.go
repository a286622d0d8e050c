package hub

import (
	"context"
	"errors"

	"paradero/data/fault"
	"paradero/data/ledger"
	"paradero/data/sync"
)

// Fault puts a failure of starting, preparing or reaching a hub into the program's
// own terms, with a key for its words.
func Fault(op string, err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, context.Canceled) {
		return fault.Wrap(err, fault.Cancelled, op, "cancelled")
	}
	switch {
	case errors.Is(err, ErrRunning):
		return fault.Wrap(err, fault.InUse, op, "hub_running")
	case errors.Is(err, ErrListen):
		return fault.Wrap(err, fault.Internal, op, "hub_listen")
	case errors.Is(err, ErrDisk), errors.Is(err, sync.ErrFull), ledger.IsFull(err):
		return fault.Wrap(err, fault.Full, op, "hub_full")
	case errors.Is(err, ErrNoHub):
		return fault.Wrap(err, fault.NotFound, op, "hub_none")
	case errors.Is(err, ErrOffice):
		return fault.Wrap(err, fault.Invalid, op, "hub_office_there")
	case errors.Is(err, ErrNoOffice):
		return fault.Wrap(err, fault.NotFound, op, "hub_office_unknown")
	case errors.Is(err, ErrInvitation):
		return fault.Wrap(err, fault.Invalid, op, "hub_invitation")
	}
	return faultOfLine(op, err)
}

// faultOfLine is Fault for what comes from the other end.
func faultOfLine(op string, err error) error {
	switch {
	case errors.Is(err, ErrPin):
		return fault.Wrap(err, fault.Refused, op, "hub_other")
	case errors.Is(err, ErrNoJetStream):
		return fault.Wrap(err, fault.Refused, op, "hub_no_jetstream")
	case errors.Is(err, ErrReplicas):
		return fault.Wrap(err, fault.Refused, op, "hub_replicas")
	case errors.Is(err, ErrStreams):
		return fault.Wrap(err, fault.Refused, op, "hub_streams")
	case errors.Is(err, ErrRoster):
		return fault.Wrap(err, fault.Refused, op, "hub_roster")
	case errors.Is(err, sync.ErrRefused):
		return fault.Wrap(err, fault.Refused, op, "hub_refused")
	case errors.Is(err, sync.ErrAway):
		return fault.Wrap(err, fault.Internal, op, "hub_away")
	case errors.Is(err, errDamaged), errors.Is(err, sync.ErrDamaged):
		return fault.Wrap(err, fault.Damaged, op, "hub_damaged")
	}
	return fault.Wrap(err, fault.Internal, op, "hub_start")
}
