using System.Text.Json.Nodes;
using AccuracyMonitor.Injector.Decisions;
using AccuracyMonitor.Injector.Patching;
using AccuracyMonitor.Injector.Tests.Support;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Injector.Tests.Patching;

public sealed class RepairPatchTests
{
    [Theory]
    [InlineData("""{"form":"native","mode":"a","mode":"b"}""")]
    [InlineData("""{"form":"native","x":{"mode":1,"mode":2}}""")]
    [InlineData("""{"\ud800":1}""")]
    [InlineData("""{"x":"\ud800"}""")]
    [InlineData("[]")]
    [InlineData("no JSON")]
    public void A_status_that_somebody_has_damaged_is_written_again(string status)
    {
        var pod = GoldenCase.Read("repaired-as-a-plain-container").Pod.DeepClone().AsObject();
        pod["metadata"]!["annotations"]![Annotations.Status] = status;
        var view = new PodView(pod);
        var decision = new InjectionDecider(Options.Create(new InjectionOptions { Image = GoldenCase.Image })).Decide(view, new Surroundings
        {
            Namespace = "shop",
            Space = new NamespaceView(NamespaceView.Nothing, NamespaceView.Nothing),
            Cluster = new ClusterView(33, false),
            Rules = GoldenCase.Rules([], []),
        });

        var patch = DecisionPatch.Create(view, decision);

        var path = $"/metadata/annotations/{Annotations.Status.Replace("/", "~1", StringComparison.Ordinal)}";
        var written = patch.OfType<JsonObject>().Single(o => (string?)o["path"] == path);
        ((string?)written["value"]).ShouldNotBeNull().ShouldContain("\"form\":\"plain\"");
    }
}
