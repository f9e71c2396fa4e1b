using AccuracyMonitor.Hosting.Access;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Hosting.Tests.Access;

public sealed class BrowserGuardTests
{
    [Theory]
    [InlineData("POST", "127.0.0.1:7702", null, null, 200)]
    [InlineData("POST", "localhost:7702", "http://localhost:7702", "same-origin", 200)]
    [InlineData("POST", "localhost:7702", "http://evil.example", null, 403)]
    [InlineData("POST", "localhost:7702", "null", null, 403)]
    [InlineData("POST", "localhost:7702", null, "cross-site", 403)]
    [InlineData("POST", "localhost:7702", null, "same-site", 403)]
    [InlineData("DELETE", "localhost:7702", "https://localhost:7702", null, 200)]
    [InlineData("GET", "localhost:7702", "http://evil.example", "cross-site", 200)]
    [InlineData("GET", "evil.example:7701", null, null, 421)]
    [InlineData("POST", "evil.example:7701", "http://evil.example:7701", "same-origin", 403)]
    [InlineData("POST", "accuracy-monitor.kserve:7703", null, null, 200)]
    [InlineData("GET", "[::1]:7701", null, null, 200)]
    [InlineData("GET", "monitor.shop.svc:7701", null, null, 200)]
    public async Task Pages_of_others_are_kept_out_of_a_local_listener(string method, string host, string? origin, string? site, int status) =>
        (await CallAsync(ListenerTrust.Local, method, host, origin, site)).ShouldBe(status);

    [Theory]
    [InlineData("POST", "monitor.other.svc:7702", null, 200)]
    [InlineData("POST", "evil.example:7702", "http://evil.example:7702", 403)]
    public async Task Services_call_a_remote_listener_by_any_name_and_pages_do_not(string method, string host, string? origin, int status) =>
        (await CallAsync(ListenerTrust.Remote, method, host, origin, site: null)).ShouldBe(status);

    private static async Task<int> CallAsync(ListenerTrust trust, string method, string host, string? origin, string? site)
    {
        var context = new DefaultHttpContext();
        context.Features.Set(trust);
        context.Request.Method = method;
        context.Request.Host = new HostString(host);
        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        if (site is not null)
        {
            context.Request.Headers["Sec-Fetch-Site"] = site;
        }

        var denied = new Denied();
        await new BrowserGuard(_ => Task.CompletedTask, new AllowedHosts(["*.shop.svc"]), denied).InvokeAsync(context);
        denied.Count.ShouldBe(context.Response.StatusCode == StatusCodes.Status200OK ? 0 : 1);
        return context.Response.StatusCode;
    }

    private sealed class Denied : IAccessMetrics
    {
        public int Count { get; private set; }

        void IAccessMetrics.Denied(string reason) => Count++;
    }
}
