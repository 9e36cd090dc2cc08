"""The report's formats. Each reads one frozen result and knows nothing of captures."""

from reconcile.reports.needed import needed_for, needed_to_verify
from reconcile.reports.output import write_comparison, write_reports
from reconcile.reports.plans import Plan, plan_outputs, plan_results
from reconcile.reports.review import read_reviews

__all__ = ["Plan", "needed_for", "needed_to_verify", "plan_outputs", "plan_results", "read_reviews", "write_comparison", "write_reports"]
