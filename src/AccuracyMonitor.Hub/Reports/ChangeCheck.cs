using AccuracyMonitor.Core;
using AccuracyMonitor.Core.Windows;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hub.Fleet;
using AccuracyMonitor.V1;
using Google.Protobuf.WellKnownTypes;

namespace AccuracyMonitor.Hub.Reports;

/// <summary>Checks the changes of one report. Each method returns null for what it refuses.</summary>
internal sealed class ChangeCheck(Caller caller, TimeLimits times, Refusals refusals)
{
    private const int MaxName = 200;
    private const int MaxClasses = 1_000_000;
    private static readonly TimeSpan LongestWindow = TimeSpan.FromDays(366);

    public SeriesKey? Series(SeriesSums series, int index)
    {
        var field = $"series[{index}]";
        if (!IsModel(field, series.Model, series.Version) || !IsText($"{field}.segment", series.Segment, MaxName))
        {
            return null;
        }

        var known = !series.HasPredictedClass || series.PredictedClass is >= SeriesKey.OtherClasses and < MaxClasses;
        return known || !Refuse($"{field}.predicted_class", $"{series.PredictedClass} is no class; -1 to {MaxClasses - 1} are taken")
            ? new SeriesKey(series.Model, series.Version, series.Segment)
            {
                PredictedClass = series.HasPredictedClass ? series.PredictedClass : null,
            }
            : null;
    }

    public ReportedBucket? Bucket(SeriesKey series, BucketSums sums, string field)
    {
        if (!IsLength($"{field}.window", sums.Window, LongestWindow, out var window) || !IsLength($"{field}.width", sums.Width, window, out var width)
            || !IsTime($"{field}.start", sums.Start, out var start) || !IsCount($"{field}.predictions", sums.Predictions)
            || !IsCount($"{field}.covered_predictions", sums.CoveredPredictions) || !IsChange($"{field}.change", sums.Change))
        {
            return null;
        }

        // Each is a sum of numbers within [0,1], so it is at most their number. A larger value would distort every estimate.
        var (all, covered) = ((double)sums.Predictions, (double)sums.CoveredPredictions);
        if (covered > all || !IsSum(sums.Score, all) || !IsSum(sums.ScoreSquared, all) || !IsSum(sums.ScoreVariance, all) || !IsSum(sums.Confidence, all)
            || !IsSum(sums.CoveredScore, covered) || !IsSum(sums.CoveredScoreSquared, covered))
        {
            Refuse(field, $"its sums cannot be those of {sums.Predictions} predictions, {sums.CoveredPredictions} of them covered");
            return null;
        }

        return new ReportedBucket(series, new BucketPlace(window, width, start), (long)sums.Change, new PredictionSums
        {
            Count = (long)sums.Predictions,
            Score = sums.Score,
            ScoreSquared = sums.ScoreSquared,
            ScoreVariance = sums.ScoreVariance,
            Confidence = sums.Confidence,
            CoveredCount = (long)sums.CoveredPredictions,
            CoveredScore = sums.CoveredScore,
            CoveredScoreSquared = sums.CoveredScoreSquared,
        });
    }

    public ReportedDecision? Request(ReportedRequest request, int index)
    {
        var field = $"requests[{index}]";
        if (!IsModel(field, request.Model, request.Version) || !IsText($"{field}.segment", request.Segment, MaxName)
            || !IsId($"{field}.prediction_id", request.PredictionId) || !IsText($"{field}.monitor_version", request.MonitorVersion, MaxName)
            || !IsText($"{field}.annotator", request.Annotator, MaxName) || !IsTime($"{field}.prediction_time", request.PredictionTime, out var predicted)
            || !IsAnyTime($"{field}.created", request.Created, out var created) || !IsAnyTime($"{field}.expires", request.Expires, out var expires)
            || !IsChange($"{field}.change", request.Change) || !HasRightNumbers(field, request) || !HasRightAnswer(field, request, out var labelled))
        {
            return null;
        }

        return new ReportedDecision
        {
            Series = new SeriesKey(request.Model, request.Version, request.Segment),
            PredictionId = request.PredictionId,
            PredictionTime = predicted,
            PredictedClass = (int)request.PredictedClass,
            ClassCount = (int)request.ClassCount,
            Score = request.Score,
            Disagreement = request.Disagreement,
            InclusionProbability = request.InclusionProbability,
            Policy = (int)request.Policy,
            UniformSample = request.UniformSample,
            MonitorVersion = request.MonitorVersion,
            CreatedAt = created,
            ExpiresAt = expires,
            Progress = (int)request.Progress,
            Label = request.Progress == RequestProgress.Labelled ? (int)request.Label : null,
            Annotator = request.Progress == RequestProgress.Labelled ? request.Annotator : "",
            LabelledAt = labelled,
            Change = (long)request.Change,
        };
    }

    public ForgottenReport? Forgotten(ForgottenPrediction forgotten, int index)
    {
        var field = $"forgotten[{index}]";
        return IsModel(field, forgotten.Model, forgotten.Version) && IsId($"{field}.prediction_id", forgotten.PredictionId)
            && IsChange($"{field}.change", forgotten.Change)
            ? new ForgottenReport(new ModelKey(forgotten.Model, forgotten.Version), forgotten.PredictionId, (long)forgotten.Change)
            : null;
    }

    public ReportedMonitor? Model(ReportedModel model, int index)
    {
        var field = $"models[{index}]";
        if (!IsModel(field, model.Model, model.Version) || !IsText($"{field}.monitor_version", model.MonitorVersion, MaxName)
            || !IsChange($"{field}.change", model.Change)
            || !Holds(model.ClassCount is >= 2 and <= MaxClasses, $"{field}.class_count", $"{model.ClassCount} classes; 2 to {MaxClasses} are taken")
            || !Holds(
                model.MeanScoreStandardError is >= 0 and <= 0.5, $"{field}.mean_score_standard_error",
                $"{model.MeanScoreStandardError:R} is not within 0 to 0.5"))
        {
            return null;
        }

        return new ReportedMonitor(new ModelKey(model.Model, model.Version), (int)model.ClassCount, (long)model.Change)
        {
            MonitorVersion = model.MonitorVersion,
            MonitorValid = model.MonitorValid,
            MeanScoreStandardError = model.MeanScoreStandardError,
        };
    }

    private static bool IsSum(double sum, double count) => sum >= 0 && sum <= count * (1 + 1e-6);

    private bool HasRightNumbers(string field, ReportedRequest r) =>
        Holds(r.ClassCount is >= 2 and <= MaxClasses, $"{field}.class_count", $"{r.ClassCount} classes; 2 to {MaxClasses} are taken")
        && Holds(r.PredictedClass < r.ClassCount, $"{field}.predicted_class", $"{r.PredictedClass} is not below class_count {r.ClassCount}")
        && Holds(r.Score is >= 0 and <= 1, $"{field}.score", $"{r.Score:R} is not within 0 to 1")
        && Holds(r.Disagreement is >= 0 and <= 0.5, $"{field}.disagreement", $"{r.Disagreement:R} is not within 0 to 0.5")
        && Holds(r.InclusionProbability is >= 0 and <= 1, $"{field}.inclusion_probability", $"{r.InclusionProbability:R} is not within 0 to 1")
        && Holds(
            r.Policy is >= SamplingPolicy.Mixed and <= SamplingPolicy.TopUncertainty, $"{field}.policy", $"{(int)r.Policy} is no policy that this hub knows");

    private bool HasRightAnswer(string field, ReportedRequest r, out DateTimeOffset? labelled)
    {
        labelled = null;
        if (r.Progress is not (RequestProgress.Open or RequestProgress.Labelled or RequestProgress.Unanswered))
        {
            return !Refuse($"{field}.progress", $"{(int)r.Progress} is no progress that this hub knows");
        }

        if (r.Progress != RequestProgress.Labelled)
        {
            return true;
        }

        if (!Holds(r.HasLabel && r.Label < r.ClassCount, $"{field}.label", "a labelled request needs a label below class_count")
            || !IsAnyTime($"{field}.labelled_at", r.LabelledAt, out var at))
        {
            return false;
        }

        labelled = at;
        return true;
    }

    private bool IsModel(string field, string model, string version) =>
        Holds(model.Length > 0, $"{field}.model", "it is empty") && IsText($"{field}.model", model, MaxName) && IsText($"{field}.version", version, MaxName)
        && Holds(caller.May(Roles.Observe, model), $"{field}.model", $"{caller.Subject} may not observe '{model}'");

    private bool IsId(string field, string id) => Holds(id.Length > 0, field, "it is empty") && IsText(field, id, PredictionIds.MaxKept);

    /// <summary>PostgreSQL stores no NUL.</summary>
    private bool IsText(string field, string text, int most) =>
        Holds(text.Length <= most, field, $"{text.Length} characters; at most {most} are taken")
        && Holds(!text.Contains('\0', StringComparison.Ordinal), field, "it has a NUL character");

    private bool IsCount(string field, ulong count) => Holds(count <= long.MaxValue, field, $"{count} is beyond {long.MaxValue}");

    private bool IsChange(string field, ulong change) => Holds(change is > 0 and <= long.MaxValue, field, $"{change} is not from 1 to {long.MaxValue}");

    private bool IsLength(string field, Duration? duration, TimeSpan most, out TimeSpan length)
    {
        length = duration is null ? TimeSpan.Zero : WireDurations.ToTimeSpan(duration) ?? TimeSpan.Zero;
        return Holds(length > TimeSpan.Zero && length <= most, field, $"{length} is not above 0 and at most {most}");
    }

    private bool IsTime(string field, Timestamp? wire, out DateTimeOffset time) =>
        IsAnyTime(field, wire, out time)
        && Holds(times.Take(time), field, $"{time:O} is not from {times.Earliest:O} to {times.Latest:O}");

    private bool IsAnyTime(string field, Timestamp? wire, out DateTimeOffset time)
    {
        time = default;
        try
        {
            time = wire?.ToDateTimeOffset() ?? default;
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            return !Refuse(field, "it is no time between the years 1 and 9999");
        }

        return Holds(wire is not null, field, "it is missing");
    }

    private bool Holds(bool condition, string field, string reason) => condition || !Refuse(field, reason);

    private bool Refuse(string field, string reason)
    {
        refusals.Add(field, reason);
        return true;
    }
}
