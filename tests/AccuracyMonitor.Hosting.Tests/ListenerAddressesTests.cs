using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Hosting.Tests;

public sealed class ListenerAddressesTests
{
    [Theory]
    [InlineData("::", "127.0.0.1", true)]
    [InlineData("::", "::1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("0.0.0.0", "::1", false)]
    public async Task Both_families_reach_the_unspecified_address_of_IPv6(string listened, string called, bool reached)
    {
        Assert.SkipUnless(Socket.OSSupportsIPv6, "this machine has no IPv6");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.ListenOn(IPAddress.Parse(listened), 0, static _ => { }));
        await using var app = builder.Build();
        app.Run(static http => http.Response.WriteAsync("here"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        using var http = new HttpClient();
        var address = new UriBuilder("http", called, new Uri(app.Urls.Single()).Port).Uri;

        var got = await Record.ExceptionAsync(async () => (await http.GetStringAsync(address, TestContext.Current.CancellationToken)).ShouldBe("here"));

        (got is null).ShouldBe(reached, got?.Message);
    }
}
