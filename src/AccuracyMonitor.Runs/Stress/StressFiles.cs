using System.Text.Json;
using AccuracyMonitor.Core;
using AccuracyMonitor.Demo.Data;
using AccuracyMonitor.Training.Evaluation;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>What <c>stress</c> leaves in its folder: traces and images of the first seed, numbers of all.</summary>
internal static class StressFiles
{
    private static readonly JsonSerializerOptions Indented =
        new() { WriteIndented = true, NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <returns>What was written.</returns>
    public static IEnumerable<string> Write(string folder, IReadOnlyList<StressOutcome> outcomes)
    {
        var report = outcomes[0].Report;
        var images = Path.Combine(folder, "images");
        Directory.CreateDirectory(images);
        foreach (var attack in report.Attacks)
        {
            var trace = Path.Combine(folder, attack.Set.Attack.Name + ".npz");
            using (var file = File.Create(trace))
            using (var npz = new NpzWriter(file))
            {
                Add(npz, "reference", report.Reference);
                Add(npz, "clean", report.Clean);
                Add(npz, attack.Set.Attack.Name, attack.Set.Outputs);
            }

            yield return trace;
            var inputs = Path.Combine(images, attack.Set.Attack.Name + ".npz");
            using (var file = File.Create(inputs))
            using (var npz = new NpzWriter(file))
            {
                AddImages(npz, report, attack.Set);
            }

            yield return inputs;
        }

        var sheet = Path.Combine(images, "sheet.png");
        if (ContactSheet.Write(sheet, report))
        {
            yield return sheet;
        }

        var page = Path.Combine(folder, "report.md");
        File.WriteAllText(page, "# Stress report\n\n" + string.Concat(StressTables.Of(outcomes).Select(t => t.ToMarkdown()))
            + string.Concat(StressTables.Bars(outcomes).Select(b => $"* {b}\n")));
        yield return page;
    }

    public static void WriteJson(string path, StressArguments arguments, IReadOnlyList<StressOutcome> outcomes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, JsonSerializer.Serialize(
            new
            {
                schema = "accuracy-monitor/stress/1",
                options = arguments.Options,
                seeds = outcomes.Select(o => new
                {
                    seed = o.Report.Seed,
                    clean_softmax_auroc = o.Report.CleanSoftmaxAuroc,
                    clean_monitor = o.Report.CleanPlain,
                    clean_hardened = o.Report.Hardening?.CleanAfter,
                    attacks = o.Report.Attacks.Select(a => new
                    {
                        name = a.Set.Attack.Name,
                        success = a.Set.Success,
                        queries = a.Set.MeanQueries,
                        changed = a.Set.MeanChanged,
                        confidence = a.Confidence,
                        monitor = a.Plain,
                        hardened = a.Hardened,
                        auroc_among_clean = a.Mixed
                    }),
                    classifier = o.Retraining is { } r ? new { clean_before = r.CleanBefore, clean_after = r.CleanAfter, attacks = r.Attacks } : null,
                }),
            },
            Indented));
    }

    private static void Add(NpzWriter npz, string condition, ReferenceSet set)
    {
        npz.Add($"{condition}__probs", [set.Count, set.ClassCount], set.Probabilities);
        npz.Add($"{condition}__labels", [set.Count], [.. set.Labels.Select(l => (ushort)l)]);
    }

    private static void AddImages(NpzWriter npz, StressReport report, AttackSet set)
    {
        var inputs = report.Subject.Inputs.Rows([.. report.Subject.Reported]);
        int[] shape = [inputs.Count, inputs.PixelCount];
        npz.Add("originals", shape, Bytes(inputs.Pixels));
        npz.Add("adversarials", shape, [.. set.Images.SelectMany(i => Bytes(i.Pixels))]);
        npz.Add("labels", [inputs.Count], [.. inputs.Labels.Select(l => (ushort)l)]);
        npz.Add("reached", [inputs.Count], [.. set.Images.Select(i => (byte)(i.Reached ? 1 : 0))]);
    }

    private static byte[] Bytes(float[] pixels) => [.. pixels.Select(p => (byte)MathF.Round(p * 255))];
}
