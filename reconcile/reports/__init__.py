"""The report's formats. Each reads one frozen result and knows nothing of captures."""

from reconcile.reports.output import Plan, plan_outputs, write_comparison, write_reports

__all__ = ["Plan", "plan_outputs", "write_comparison", "write_reports"]
