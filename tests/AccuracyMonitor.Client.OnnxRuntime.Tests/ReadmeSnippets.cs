using Microsoft.ML.OnnxRuntime;

namespace AccuracyMonitor.Client.OnnxRuntime.Tests;

/// <summary>The snippets of the package's page, compiled. <see cref="ReadmeTests"/> compares them.</summary>
internal static class ReadmeSnippets
{
    public static void Wrap(MonitorClient monitor, string modelFile, string predictionId, NamedOnnxValue[] inputs)
    {
        using var session = new MonitoredSession(new InferenceSession(modelFile), monitor, "probabilities");
        using var results = session.Run(inputs, predictionId);
    }

    public static void WrapAndAttach(MonitorClient monitor, string modelFile)
    {
        using var session = new MonitoredSession(new InferenceSession(modelFile), monitor, "probabilities").AttachInputs();
    }

    public static void WrapAndHold(MonitorClient monitor, string modelFile)
    {
        var held = new KeepRing<byte[]>(capacity: 8192, lifetime: TimeSpan.FromSeconds(15));
        using var session = new MonitoredSession(new InferenceSession(modelFile), monitor, "probabilities", held, heldInput: "image");
    }
}
