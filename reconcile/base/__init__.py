"""What everything else stands on: limits, names in order, text that can be shown, processes. Nothing of VMware."""
