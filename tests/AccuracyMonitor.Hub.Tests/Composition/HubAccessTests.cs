using System.Security.Cryptography;
using System.Text;
using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Hub.Composition;
using AccuracyMonitor.Hub.Estimation;
using AccuracyMonitor.Hub.Tests.Support;
using AccuracyMonitor.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Hub.Tests.Composition;

[Collection(nameof(Postgres))]
public sealed class HubAccessTests(Postgres postgres) : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("am-hub-").FullName;

    [Fact]
    public async Task Every_method_and_page_has_a_role()
    {
        await using var hub = await TestHub.StartAsync(await postgres.CreateDatabaseAsync());

        var routes = hub.Get<IEnumerable<EndpointDataSource>>().SelectMany(s => s.Endpoints).Select(EndpointRoles.RouteOf).ToList();

        routes.Count.ShouldBeGreaterThan(5);
        routes.Where(r => HubRoles.Table.Of(r) is null).ShouldBeEmpty("give them a role in HubRoles");
    }

    [Fact]
    public async Task Ports_beyond_this_machine_need_callers_that_can_be_told_apart()
    {
        await using var app = HubApplication.Build(["--Listen:Address=0.0.0.0", "--Listen:GrpcPort=0", "--Listen:HttpPort=0"]);

        Should.Throw<OptionsValidationException>(() => app.Services.GetRequiredService<IStartupValidator>().Validate())
            .Message.ShouldContain("The hub would take reports on 0.0.0.0 from anybody");
    }

    [Fact]
    public async Task A_source_belongs_to_the_caller_who_reported_it_first()
    {
        await using var hub = await StartWithTokensAsync();
        using var owner = Channel(hub, "one");
        using var other = Channel(hub, "two");
        var source = new ReportingSource();
        await new FleetService.FleetServiceClient(owner).ReportAsync(source.Next(DateTimeOffset.UtcNow));

        var error = await Should.ThrowAsync<RpcException>(
            async () => await new FleetService.FleetServiceClient(other).ReportAsync(source.Next(DateTimeOffset.UtcNow)));

        error.StatusCode.ShouldBe(StatusCode.PermissionDenied);
    }

    [Fact]
    public async Task A_caller_reports_the_models_that_he_may_observe_and_no_others()
    {
        await using var hub = await StartWithTokensAsync();
        using var channel = Channel(hub, "shoes");

        var response = await new FleetService.FleetServiceClient(channel).ReportAsync(
            new ReportingSource().Next(DateTimeOffset.UtcNow).With(Support.Reports.Request("a", DateTimeOffset.UtcNow, 1)));

        response.Refused.ShouldHaveSingleItem().Reason.ShouldBe("token:shoes may not observe 'fashion'");
    }

    [Fact]
    public async Task Nobody_without_a_token_reports_or_reads_estimates()
    {
        await using var hub = await StartWithTokensAsync();
        using var channel = Channel(hub, token: null);

        (await Should.ThrowAsync<RpcException>(
            async () => await new FleetService.FleetServiceClient(channel).ReportAsync(new ReportingSource().Next(DateTimeOffset.UtcNow))))
            .StatusCode.ShouldBe(StatusCode.Unauthenticated);
        await hub.GetAsync("/estimates", System.Net.HttpStatusCode.Unauthorized);
        await hub.Get<FleetEstimateWorker>().RunAsync(CancellationToken.None);
        await hub.GetAsync("/readyz");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static GrpcChannel Channel(TestHub hub, string? token)
    {
        var credentials = CallCredentials.FromInterceptor((_, metadata) =>
        {
            if (token is not null)
            {
                metadata.Add("authorization", $"Bearer {token}");
            }

            return Task.CompletedTask;
        });
        return GrpcChannel.ForAddress(hub.GrpcAddress, new GrpcChannelOptions
        {
            Credentials = ChannelCredentials.Create(ChannelCredentials.Insecure, credentials),
            UnsafeUseInsecureChannelCallCredentials = true,
        });
    }

    private static string DigestOf(string token) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    private async Task<TestHub> StartWithTokensAsync()
    {
        var file = Path.Combine(_folder, "tokens");
        await File.WriteAllLinesAsync(file, ((string[])["one", "two", "shoes"]).Select(static t => $"{t} {DigestOf(t)}"));
        return await TestHub.StartAsync(
            await postgres.CreateDatabaseAsync(), "--Listen:Address=0.0.0.0", $"--Access:TokenFile={file}", "--Access:Grants:0=token:one=observe",
            "--Access:Grants:1=token:two=observe", "--Access:Grants:2=token:shoes=observe@shoes", "--Listen:AllowedHosts:0=*");
    }
}
