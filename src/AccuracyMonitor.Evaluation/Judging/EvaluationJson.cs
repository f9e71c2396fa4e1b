using System.Text.Json;
using System.Text.Json.Serialization;

namespace AccuracyMonitor.Evaluation.Judging;

/// <summary>An evaluation as JSON; docs/reference/evaluation.md describes the schema, which may only be added to.</summary>
internal static class EvaluationJson
{
    public const string Schema = "accuracy-monitor/evaluation/1";

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new FiniteNumber() },
    };

    public static Task WriteAsync(Stream output, EvaluationOptions settings, EvaluationResult result, CancellationToken cancellation) =>
        JsonSerializer.SerializeAsync(
            output,
            new
            {
                Schema,
                Settings = new
                {
                    Budget = settings.Budget.ToString(),
                    settings.Window,
                    settings.Repeats,
                    settings.Seed,
                    settings.Alpha,
                    settings.EarlierLabels,
                    settings.Methods,
                },
                Records = result.Conditions.SelectMany(c => c.Methods.Select(m => new
                {
                    c.File,
                    c.Condition,
                    c.Family,
                    m.Method,
                    N = c.Count,
                    c.Classes,
                    TrueAccuracy = c.Accuracy,
                    m.Tally.Labels,
                    Repeats = m.Tally.Windows,
                    m.Tally.Bias,
                    Rmse = m.Tally.RootMeanSquareError,
                    Mae = m.Tally.MeanAbsoluteError,
                    m.Tally.Coverage,
                    m.Tally.MeanWidth,
                })),
                Scores = result.Conditions.SelectMany(c => c.Scores.Select(s => new
                {
                    c.File,
                    c.Condition,
                    s.Score,
                    s.Auroc,
                    AuprError = s.ErrorAveragePrecision,
                    FprAt95Tpr = s.FalsePositiveRate,
                })),
                Pooled = PooledResult.Of(result.Conditions, settings.Methods).Select(p => new
                {
                    File = p.File.Length == 0 ? null : p.File,
                    p.Method,
                    p.Conditions,
                    p.Tally.Bias,
                    Rmse = Math.Sqrt(p.MeanSquareError),
                    Mae = p.Tally.MeanAbsoluteError,
                    MseRatioToUniform = p.RatioToUniform,
                    WorstRmseRatioToUniform = p.WorstRatio?.Ratio,
                    WorstCondition = p.WorstRatio?.Condition,
                    p.Tally.Coverage,
                    LeastCoverage = p.LeastCoverage?.Coverage,
                    LeastCoverageFamily = p.LeastCoverage?.Family,
                    p.Tally.MeanWidth,
                    p.Tally.Labels,
                }),
                result.Alarms,
                result.Failures,
            },
            Options,
            cancellation);

    // Where nothing can be ranked there is no number: JSON has no NaN.
    private sealed class FiniteNumber : JsonConverter<double>
    {
        public override double Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => reader.GetDouble();

        public override void Write(Utf8JsonWriter writer, double value, JsonSerializerOptions options)
        {
            if (double.IsFinite(value))
            {
                writer.WriteNumberValue(value);
            }
            else
            {
                writer.WriteNullValue();
            }
        }
    }
}
