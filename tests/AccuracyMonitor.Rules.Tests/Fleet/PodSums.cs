using System.Globalization;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Rules.Tests.Fleet;

/// <summary>The sums of one model over all pods, read from their /metrics without Prometheus.</summary>
internal sealed record PodSums(double Predictions, double Scores, LabelSums Labels)
{
    /// <param name="expositions">The text of each pod's /metrics.</param>
    /// <param name="model">Of version 1.</param>
    public static PodSums Read(IEnumerable<string> expositions, string model)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        var suffix = $"_total{{model=\"{model}\",version=\"1\"}} ";
        foreach (var line in expositions.SelectMany(e => e.Split('\n')).Where(l => l.Contains(suffix, StringComparison.Ordinal)))
        {
            var at = line.IndexOf(suffix, StringComparison.Ordinal);
            var name = line["accuracy_monitor_".Length..at];
            sums[name] = sums.GetValueOrDefault(name) + double.Parse(line[(at + suffix.Length)..], CultureInfo.InvariantCulture);
        }

        return Of(sums);
    }

    /// <summary>What the recording rules made of them: the increases of one range, by counter.</summary>
    public static PodSums Of(IReadOnlyDictionary<string, double> increases) => new(increases["predictions"], increases["expected_correct"], LabelsOf(increases));

    public PodSums Less(PodSums before) => new(Predictions - before.Predictions, Scores - before.Scores, new LabelSums
    {
        W = Labels.W - before.Labels.W,
        WY = Labels.WY - before.Labels.WY,
        WG = Labels.WG - before.Labels.WG,
        W2 = Labels.W2 - before.Labels.W2,
        W2Y = Labels.W2Y - before.Labels.W2Y,
        W2G = Labels.W2G - before.Labels.W2G,
        W2YG = Labels.W2YG - before.Labels.W2YG,
        W2G2 = Labels.W2G2 - before.Labels.W2G2,
    });

    private static LabelSums LabelsOf(IReadOnlyDictionary<string, double> sums) => new()
    {
        W = sums["labelled_weight"],
        WY = sums["labelled_correct_weight"],
        WG = sums["labelled_expected_weight"],
        W2 = sums["labelled_squared_weight"],
        W2Y = sums["labelled_correct_squared_weight"],
        W2G = sums["labelled_expected_squared_weight"],
        W2YG = sums["labelled_correct_expected_squared_weight"],
        W2G2 = sums["labelled_squared_expected_squared_weight"],
    };
}
