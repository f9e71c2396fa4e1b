using System.Runtime.InteropServices;
using AccuracyMonitor.Cli.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>Label requests as rows of a table. The columns <c>id</c> and <c>label</c> are those that <c>labels import</c> and traces read.</summary>
internal static class RequestTable
{
    private static readonly string[] Blind =
        ["id", "time", "model", "version", "segment", "state", "label", "classes", "annotator", "labelled", "skip_reason", "created", "expires"];

    private static readonly string[] Revealed =
        ["predicted_class", "correctness_score", "disagreement", "inclusion_probability", "policy", "monitor_version", "probabilities"];

    public static string[] Columns(bool reveal) => reveal ? [.. Blind, .. Revealed] : Blind;

    public static object?[] Row(ListedRequest r, bool reveal)
    {
        object?[] row =
        [
            r.PredictionId, WireText.Of(r.PredictionTime), r.Model, r.Version, r.Segment, WireText.Of(r.State), r.HasLabel ? (long)r.Label : null,
            (long)r.ClassCount, r.Annotator, WireText.Of(r.Labelled), r.SkipReason, WireText.Of(r.Created), WireText.Of(r.Expires),
        ];
        return reveal ? [.. row, .. Answer(r.ModelAnswer)] : row;
    }

    private static object?[] Answer(ModelAnswer a) =>
    [
        (long)a.PredictedClass, (double)a.CorrectnessScore, (double)a.Disagreement, a.InclusionProbability, WireText.Of(a.Policy), a.MonitorVersion,
        a.Probabilities.IsEmpty ? null : MemoryMarshal.Cast<byte, float>(a.Probabilities.Span).ToArray(),
    ];
}
