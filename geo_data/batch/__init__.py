"""Audits of many millions of incidents: columns in Parquet files, judged and added up piece by piece."""
