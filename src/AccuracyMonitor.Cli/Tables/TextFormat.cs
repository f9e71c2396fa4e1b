namespace AccuracyMonitor.Cli.Tables;

internal enum TextFormat
{
    Csv,
    Jsonl,
}
