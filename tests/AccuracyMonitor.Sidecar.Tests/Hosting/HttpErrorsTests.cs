using AccuracyMonitor.Sidecar.Hosting;
using AccuracyMonitor.Sidecar.Observability;
using AccuracyMonitor.Sidecar.Tests.Support;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Sidecar.Tests.Hosting;

public sealed class HttpErrorsTests
{
    private const string Secret = "/var/lib/secret.db";

    [Fact]
    public async Task A_defect_is_answered_with_500_and_the_id_that_the_log_has()
    {
        await using var bench = await Workbench.OpenAsync();
        var log = new LogRecorder<HttpErrors>();
        var context = Context();

        await Middleware(bench, log, _ => throw new InvalidDataException($"{Secret} is damaged.")).InvokeAsync(context);

        context.Response.StatusCode.ShouldBe(StatusCodes.Status500InternalServerError);
        context.Response.Body.Position = 0;
        var body = await new StreamReader(context.Response.Body).ReadToEndAsync(TestContext.Current.CancellationToken);
        body.ShouldNotContain(Secret);
        var id = body.Trim().TrimEnd('.').Split(' ')[^1];
        log.Entries.ShouldHaveSingleItem().Message.ShouldBe($"GET /estimates failed unexpectedly (error {id})");
        log.Exceptions.ShouldHaveSingleItem().Message.ShouldContain(Secret);
        bench.InternalErrors("http").ShouldBe(1);
    }

    [Fact]
    public async Task A_malformed_request_and_a_broken_connection_are_no_defects()
    {
        await using var bench = await Workbench.OpenAsync();
        var log = new LogRecorder<HttpErrors>();
        foreach (var exception in (Exception[])[new BadHttpRequestException("too large"), new IOException("reset")])
        {
            (await Should.ThrowAsync<Exception>(() => Middleware(bench, log, _ => throw exception).InvokeAsync(Context()))).ShouldBeSameAs(exception);
        }

        log.Entries.ShouldBeEmpty();
        bench.InternalErrors("http").ShouldBe(0);
    }

    private static HttpErrors Middleware(Workbench bench, LogRecorder<HttpErrors> log, RequestDelegate next) =>
        new(next, bench.Get<InternalErrorCounter>(), log);

    private static DefaultHttpContext Context() => new()
    {
        Request = { Method = "GET", Path = "/estimates" },
        Response = { Body = new MemoryStream() },
    };
}
