using System.Text;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Patching;
using AccuracyMonitor.Injector.Serving;
using AccuracyMonitor.Injector.Tests.Support;
using AccuracyMonitor.Tests.Fuzz;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Tests.Fuzz;

/// <summary>What the API server sends, with pods that people have written.</summary>
public sealed class AdmissionFuzzTests
{
    private static readonly InjectionDecider Decider =
        new(Options.Create(new InjectionOptions { Image = GoldenCase.Image }));

    private static byte[][] Corpus { get; } =
    [
        .. Directory.GetFiles(GoldenCase.Folder, "*.in.json").Order(StringComparer.Ordinal).Select(f => Path.GetFileName(f)[..^".in.json".Length])
            .Select(name => Encoding.UTF8.GetBytes(Reviews.Of(GoldenCase.Read(name).Pod).ToJsonString())),
    ];

    [Fact]
    public void Reviews_of_pods() => FuzzRun.Run<FormatException>(Corpus, 2000, bytes =>
    {
        var request = AdmissionReview.Read(bytes);
        var pod = View(request);
        var decision = Decider.Decide(pod, new Surroundings
        {
            Namespace = request.Namespace,
            Space = new NamespaceView(NamespaceView.Nothing, NamespaceView.Nothing),
            Cluster = new ClusterView(33, false),
            Rules = GoldenCase.Rules([], []),
        });
        AdmissionReview.Allow(request.Uid, DecisionPatch.Create(pod, decision), decision.Warnings, []).ToJsonString();
    });

    /// <summary>The API server sends no pod of another shape, so that such a pod is an error is documented.</summary>
    private static PodView View(AdmissionRequest request)
    {
        try
        {
            return new PodView(request.Object);
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException(e.Message, e);
        }
    }
}
