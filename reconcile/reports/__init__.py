"""The report's formats. Each reads one frozen result and knows nothing of captures."""

from reconcile.reports.output import write_comparison, write_reports
from reconcile.reports.plans import Plan, plan_outputs, plan_results

__all__ = ["Plan", "plan_outputs", "plan_results", "write_comparison", "write_reports"]
