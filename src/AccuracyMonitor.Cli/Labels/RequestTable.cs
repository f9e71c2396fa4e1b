using System.Runtime.InteropServices;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>Label requests as rows of a table. The columns <c>id</c> and <c>label</c> are those that <c>labels import</c> and traces read.</summary>
internal static class RequestTable
{
    private static readonly TableColumn[] Blind =
    [
        new("id"), new("time"), new("model"), new("version"), new("segment"), new("state"), new("label", ColumnKind.Whole), new("classes", ColumnKind.Whole),
        new("annotator"), new("labelled"), new("skip_reason"), new("created"), new("expires"),
    ];

    private static readonly TableColumn[] Revealed =
    [
        new("predicted_class", ColumnKind.Whole), new("correctness_score", ColumnKind.Real), new("disagreement", ColumnKind.Real),
        new("inclusion_probability", ColumnKind.Real), new("policy"), new("monitor_version"), new("probabilities", ColumnKind.Reals),
    ];

    public static TableColumn[] Columns(bool reveal) => reveal ? [.. Blind, .. Revealed] : Blind;

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
