using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Scoring;
using AccuracyMonitor.Tests.Fuzz;
using AccuracyMonitor.Training.BitCentering;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Training.Tests.Fuzz;

/// <summary>Files and texts that training reads.</summary>
public sealed class TrainingFuzzTests
{
    private const int DigestLength = 8;

    private static readonly string[] Policies =
    [
        "FIX k0=0.001",
        "FIX k0=0.001; @300 COS k0=0.01 k1=0 l=1200; over 1500",
        "PLATEAU start=1 patience=3 threshold=0.0001 cooldown=2 settle=0.8; FIX k0=0.01; FIX k0=0.001",
    ];

    [Fact]
    public void Deltas_of_the_last_layer()
    {
        byte[][] corpus = [HeadDelta.Of("m1", [0.5, -0.25, 0], 100, 0.01).Write(), HeadDelta.Of("", [1], 0, 0).Write()];
        FuzzRun.Run<MonitorFileException>(corpus, 4000, bytes =>
        {
            // Every other input has a checksum that is right.
            if (bytes.Length % 2 == 0 && bytes.Length > DigestLength)
            {
                SHA256.HashData(bytes.AsSpan(0, bytes.Length - DigestLength)).AsSpan(0, DigestLength).CopyTo(bytes.AsSpan(bytes.Length - DigestLength));
            }

            HeadDelta.Read(bytes);
        });
    }

    [Fact]
    public void Policies_of_the_learning_rate() => FuzzRun.Run<FormatException>([.. Policies.Select(Encoding.UTF8.GetBytes)], 4000, bytes =>
    {
        var policy = RatePolicy.Parse(Encoding.UTF8.GetString(bytes));
        RatePolicy.Parse(policy.ToString()).ShouldBe(policy);
        foreach (var step in (double[])[0, 1, 300, 1e6])
        {
            policy.At(step).ShouldBeGreaterThanOrEqualTo(0);
        }
    });
}
