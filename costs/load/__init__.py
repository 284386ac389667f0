"""Loads cost data into the store: `job.load` is the job, `report.LoadReport` what it says."""
