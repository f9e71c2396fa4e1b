using AccuracyMonitor.Scoring.Networks;

namespace AccuracyMonitor.Scoring.Tests.Networks;

/// <summary>A monitor file of format 1, as first released: it must open and score the same for ever. Never regenerate it.</summary>
public class GoldenFileTests
{
    private static readonly float[] Expected = [0.214004f, 0.708739f, 9.580378f, -0.306561f];

    [Fact]
    public void The_first_released_file_opens_and_scores_as_it_did()
    {
        var bytes = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Networks", "monitor-v1.onnx"));
        using var scorer = EnsembleScorer.Load(bytes, new ScorerOptions(ExecutionProvider.Cpu, ClassCount: 3));
        float[] rows = [0.7f, 0.2f, 0.1f, 0.05f, 0.9f, 0.05f, 0, 0, 1, 0.34f, 0.33f, 0.33f];
        var logits = new float[4];

        scorer.Score(rows, 4, 3, logits, new float[4]);

        logits.ShouldBe(Expected, 1e-5);
        scorer.Version.ShouldBe("m-3c9e18e5ea0c");
    }
}
