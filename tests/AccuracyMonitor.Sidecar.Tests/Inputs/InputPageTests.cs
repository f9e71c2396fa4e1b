using System.Net;
using AccuracyMonitor.Sidecar.Tests.Support;
using AccuracyMonitor.V1;
using Google.Protobuf;

namespace AccuracyMonitor.Sidecar.Tests.Inputs;

public sealed class InputPageTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_browser_gets_the_picture_of_a_tensor_and_runs_and_keeps_nothing()
    {
        await using var sidecar = await TestSidecar.StartAsync(
            "--Sampling:Budget=1", "--Sampling:Policy=Uniform", "--Labelling:Inputs:Rendering:0=m=picture");
        await Traffic.SendAsync(sidecar, "a", 2);
        await sidecar.Labels.AttachInputAsync(
            new AttachInputRequest
            {
                Model = "m",
                Version = "1",
                PredictionId = "a-0",
                ContentType = "application/x-npy",
                Content = ByteString.CopyFrom(Npy.Of("<f4", "1, 2", 0f, 1f)),
            },
            cancellationToken: Cancel);
        using var http = new HttpClient { BaseAddress = new Uri(sidecar.HttpAddress) };

        using var answer = await http.GetAsync(new Uri("/label/input?model=m&version=1&id=a-0", UriKind.Relative), Cancel);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("image/png");
        (await answer.Content.ReadAsByteArrayAsync(Cancel))[1..4].ShouldBe("PNG"u8.ToArray());
        string Header(string name) => string.Join(';', answer.Headers.GetValues(name));
        Header("Cache-Control").ShouldBe("no-store");
        Header("X-Content-Type-Options").ShouldBe("nosniff");
        Header("Content-Security-Policy").ShouldBe("default-src 'none'; sandbox");
        Header("Cross-Origin-Resource-Policy").ShouldBe("same-origin");

        (await StatusAsync(http, "?model=m&version=1&id=a-1")).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(http, "?model=m&id=a-0")).ShouldBe(HttpStatusCode.BadRequest);
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, string query)
    {
        using var answer = await http.GetAsync(new Uri($"/label/input{query}", UriKind.Relative), Cancel);
        return answer.StatusCode;
    }
}
