using System.Runtime.InteropServices;
using AccuracyMonitor.Runs.Tables;
using AccuracyMonitor.V1;

namespace AccuracyMonitor.Cli.Labels;

/// <summary>Label requests as rows of a table. The columns <c>id</c> and <c>label</c> are those that <c>labels import</c> and traces read.</summary>
internal static class RequestTable
{
    public static TableColumn[] Columns(bool reveal, ShownClasses classes)
    {
        TableColumn[] blind =
        [
            new("id"), new("time"), new("model"), new("version"), new("segment"), new("state"), classes.ColumnOf("label"),
            new("classes", ColumnKind.Whole), new("annotator"), new("labelled"), new("skip_reason"), new("created"), new("expires"),
        ];
        TableColumn[] revealed =
        [
            classes.ColumnOf("predicted_class"), new("correctness_score", ColumnKind.Real), new("disagreement", ColumnKind.Real),
            new("inclusion_probability", ColumnKind.Real), new("policy"), new("monitor_version"), new("probabilities", ColumnKind.Reals),
        ];
        return reveal ? [.. blind, .. revealed] : blind;
    }

    public static async ValueTask<IReadOnlyList<object?>> RowAsync(ListedRequest r, bool reveal, ShownClasses classes, CancellationToken cancel)
    {
        object?[] row =
        [
            r.PredictionId, WireText.Of(r.PredictionTime), r.Model, r.Version, r.Segment, WireText.Of(r.State),
            await classes.ShowAsync(r.Model, r.HasLabel ? r.Label : null, cancel), (long)r.ClassCount,
            r.Annotator, WireText.Of(r.Labelled), r.SkipReason, WireText.Of(r.Created), WireText.Of(r.Expires),
        ];
        return reveal ? [.. row, .. Answer(r.ModelAnswer, await classes.ShowAsync(r.Model, r.ModelAnswer.PredictedClass, cancel))] : row;
    }

    private static object?[] Answer(ModelAnswer a, object? predicted) =>
    [
        predicted, (double)a.CorrectnessScore, (double)a.Disagreement, a.InclusionProbability, WireText.Of(a.Policy), a.MonitorVersion,
        a.Probabilities.IsEmpty ? null : MemoryMarshal.Cast<byte, float>(a.Probabilities.Span).ToArray(),
    ];
}
