namespace AccuracyMonitor.Cli.Audit;

internal enum AuditFormat
{
    Csv,
    Jsonl,
}
