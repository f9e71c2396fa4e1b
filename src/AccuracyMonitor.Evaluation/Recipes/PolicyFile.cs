using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using AccuracyMonitor.Training;
using AccuracyMonitor.Training.PolicySearch;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Evaluation.Recipes;

/// <summary>A picked policy as a JSON file: the policy's text, what was measured of it, and every candidate's numbers.</summary>
/// <param name="Policy">Its text.</param>
/// <param name="Numbers">Of the winner, by name; they go into the monitor's file.</param>
internal sealed record PolicyFile(string Policy, IReadOnlyDictionary<string, string> Numbers)
{
    private const string Schema = "accuracy-monitor/learning-rate-policy/1";
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <param name="given">A file that <c>benchmarks learning-rates</c> wrote, or a policy's text.</param>
    /// <exception cref="FormatException">Neither; the message says what of it.</exception>
    public static PolicyFile Read(string given)
    {
        if (!File.Exists(given))
        {
            return new PolicyFile(RatePolicy.Parse(given).ToString(), new Dictionary<string, string>(StringComparer.Ordinal));
        }

        return Parse(File.ReadAllText(given), given);
    }

    /// <param name="json">What <see cref="Write"/> made.</param>
    /// <param name="given">Its name, for messages.</param>
    /// <exception cref="FormatException">It is something else.</exception>
    public static PolicyFile Parse(string json, string given)
    {
        try
        {
            var root = JsonNode.Parse(json);
            if ((string?)root?["schema"] != Schema)
            {
                throw new FormatException($"{given}: schema is '{root?["schema"]}'; it must be '{Schema}', as benchmarks learning-rates writes it.");
            }

            var numbers = root["numbers"]?.AsObject().ToDictionary(n => n.Key, n => n.Value?.ToString() ?? "", StringComparer.Ordinal);
            var policy = (string?)root["policy"] ?? throw new FormatException($"{given}: 'policy' is missing; it must be a policy's text.");
            return new PolicyFile(RatePolicy.Parse(policy).ToString(), numbers ?? new Dictionary<string, string>(StringComparer.Ordinal));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"{given}: no policy file: {e.Message}", e);
        }
    }

    /// <summary>Options with as many epochs as the policy was measured over, if its file says so.</summary>
    public static TrainingOptions AsLongAsMeasured(TrainingOptions options, int count) =>
        options.PolicyNumbers.TryGetValue("steps", out var text) && double.TryParse(text, CultureInfo.InvariantCulture, out var steps)
            ? options with { MaxEpochs = Math.Clamp((int)Math.Round(steps / options.StepsPerEpoch(count)), 1, 10_000) }
            : options;

    public static string Write(PolicyBenchResult result, PolicyBenchOptions options)
    {
        static JsonNode? Number(double value) => double.IsFinite(value)
            ? JsonValue.Create(double.Parse(value.ToString("G7", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)) : null;
        JsonObject Score(PolicyScore s) => new()
        {
            ["policy"] = s.Policy,
            ["final_loss"] = Number(s.FinalLoss),
            ["final_loss_deviation"] = Number(s.FinalLossDeviation),
            ["best_loss"] = Number(s.BestLoss),
            ["best_step"] = Number(s.BestStep),
            ["steps_to_target"] = Number(s.StepsToTarget),
            ["steps_to_stay"] = Number(s.StepsToStay),
            ["reached"] = Number(s.Reached),
            ["auroc"] = Number(s.Auroc),
            ["brier"] = Number(s.Brier),
            ["estimate_error"] = Number(s.EstimateError),
            ["average_confidence"] = Number(s.Confidence.Average),
            ["confidence_deviation"] = Number(s.Confidence.Deviation),
            ["confidence_deviation_across_classes"] = Number(s.Confidence.AcrossClasses),
            ["loss_difference"] = Number(s.LossDifference),
            ["rate_spread"] = s.RateSpread is { } spread ? Number(spread) : null,
        };
        var winner = Score(result.Winner);
        winner.Remove("policy");
        winner["tuned_constant"] = result.Constant.Policy;
        winner["tuned_constant_final_loss"] = Number(result.Constant.FinalLoss);
        winner["tuned_constant_auroc"] = Number(result.Constant.Auroc);
        winner["tuned_constant_steps"] = result.Steps;
        winner["steps"] = result.PolicySteps;
        winner["seeds"] = result.Seeds;
        winner["batch_size"] = options.Training.BatchSize;
        return new JsonObject
        {
            ["schema"] = Schema,
            ["policy"] = result.Winner.Policy,
            ["numbers"] = winner,
            ["range_test"] = new JsonArray([.. result.Range.Points.Select(p => new JsonObject { ["rate"] = p.Rate, ["loss"] = Number(p.Loss) })]),
            ["candidates"] = new JsonArray([.. result.Ranked.Select(Score)]),
            ["tuned_constant"] = Score(result.Constant),
        }.ToJsonString(Indented) + "\n";
    }
}
