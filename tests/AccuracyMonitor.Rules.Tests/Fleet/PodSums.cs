using System.Globalization;
using System.Text.RegularExpressions;
using AccuracyMonitor.Core.Windows;

namespace AccuracyMonitor.Rules.Tests.Fleet;

/// <summary>The sums of one model over all pods, read from their /metrics without Prometheus.</summary>
internal sealed partial record PodSums(double Predictions, double Scores, LabelSums Labels)
{
    private const string Prefix = "accuracy_monitor_";

    /// <param name="expositions">The text of each pod's /metrics.</param>
    /// <param name="model">Of version 1.</param>
    public static PodSums Read(IEnumerable<string> expositions, string model)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        var series = $"{{model=\"{model}\",version=\"1\"";
        foreach (var line in expositions.SelectMany(e => e.Split('\n')).Where(l => l.Contains($"_total{series}", StringComparison.Ordinal)))
        {
            var name = NameOf(line[Prefix.Length..line.IndexOf("_total{", StringComparison.Ordinal)], Moment().Match(line).Groups["moment"].Value);
            sums[name] = sums.GetValueOrDefault(name) + double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
        }

        return Of(sums);
    }

    /// <summary>A counter, or one moment of the labels, by a name of its own.</summary>
    public static string NameOf(string counter, string moment) => moment.Length == 0 ? counter : $"{counter}:{moment}";

    /// <summary>The increases of one range that the recording rules stored, by <see cref="NameOf"/>.</summary>
    public static PodSums Of(IReadOnlyDictionary<string, double> increases) =>
        new(increases["predictions"], increases["expected_correct"], LabelsOf(increases));

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
        W = sums["label_moment:w"],
        WY = sums["label_moment:w_correct"],
        WG = sums["label_moment:w_score"],
        W2 = sums["label_moment:w2"],
        W2Y = sums["label_moment:w2_correct"],
        W2G = sums["label_moment:w2_score"],
        W2YG = sums["label_moment:w2_correct_score"],
        W2G2 = sums["label_moment:w2_score2"],
    };

    [GeneratedRegex("[,{]moment=\"(?<moment>\\w+)\"", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Moment();
}
