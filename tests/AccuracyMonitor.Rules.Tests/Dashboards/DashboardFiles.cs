namespace AccuracyMonitor.Rules.Tests.Dashboards;

internal static class DashboardFiles
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "helm/accuracy-monitor/dashboards");

    public static string Tests { get; } = Path.Combine(Repository.Root, "tests/AccuracyMonitor.Rules.Tests/Dashboards");

    public static string[] Paths { get; } = [Path.Combine(Folder, "accuracy-fleet.json"), Path.Combine(Folder, "accuracy-model.json")];
}
