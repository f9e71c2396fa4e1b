using AccuracyMonitor.Scoring.Networks;
using AccuracyMonitor.Scoring.Ternary;
using AccuracyMonitor.Tests.Fuzz;

namespace AccuracyMonitor.Scoring.Tests.Fuzz;

/// <summary>Monitor files, which anybody who may register a monitor sends.</summary>
public sealed class MonitorFileFuzzTests
{
    [Fact]
    public void ONNX_monitors()
    {
        byte[][] corpus =
            [SomeMonitor.File(SomeMonitor.Shape(4, widths: [3])), SomeMonitor.File(SomeMonitor.Shape(3, MonitorEncoding.RawSoftmax, 2, 0.2, 2, 2))];
        FuzzRun.Run<MonitorFileException>(corpus, 1500, bytes => MonitorFile.Read(bytes));
    }

    [Fact]
    public void Ternary_monitors()
    {
        byte[][] corpus = [File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Ternary", "monitor-v1.tmon"))];
        FuzzRun.Run<MonitorFileException>(corpus, 1500, bytes => TernaryFile.Read(bytes));
    }
}
