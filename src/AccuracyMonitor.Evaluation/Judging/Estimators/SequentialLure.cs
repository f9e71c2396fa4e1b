using AccuracyMonitor.Core.Estimation;
using AccuracyMonitor.Evaluation.Judging.Windows;
using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Evaluation.Judging.Estimators;

/// <summary>Labels drawn one after another by the uncertainty of the score, with the weights of LURE (Farquhar, Gal and Rainforth 2021).</summary>
internal static class SequentialLure
{
    public static Outcome? Estimate(JudgedWindow judged)
    {
        var window = judged.Window;
        var random = new SplitMix64(window.Random + 1);
        var uncertainties = window.Scores.Select(g => Math.Sqrt(Math.Max(0, g * (1 - g)))).ToArray();
        var picks = Lure.Draw(uncertainties, window.Budget, () => random.NextDouble());
        return Outcome.Of(Lure.Estimate(window.Count, picks, window.IsCorrect, judged.Alpha), window.Budget);
    }
}
