using System.Diagnostics;
using System.Net.Http.Headers;
using AccuracyMonitor.Demo.Data;

namespace AccuracyMonitor.Benchmarks.Harm;

/// <summary>
/// Sends requests at a fixed rate, whether or not earlier ones have been answered. A request's latency counts from its scheduled time, so
/// that requests delayed by a stall count as late (no coordinated omission).
/// </summary>
internal sealed class OpenLoopLoad(Uri application, int rate) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private readonly byte[][] _bodies = Bodies();
    private readonly HttpClient _http =
        new(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10) })
        {
            BaseAddress = application,
            Timeout = TimeSpan.FromSeconds(60),
        };

    /// <summary>Requests that were not answered with 200.</summary>
    public int Failed { get; private set; }

    /// <summary>Sends for a given time and waits for every answer.</summary>
    /// <returns>Milliseconds from the scheduled time to the answer, one per request.</returns>
    public async Task<double[]> RunAsync(TimeSpan duration, CancellationToken cancel)
    {
        var times = new double[(int)(duration.TotalSeconds * rate)];
        var requests = new Task<bool>[times.Length];

        // A dedicated thread, so that a busy thread pool cannot delay the schedule.
        var sending = Task.Factory.StartNew(() => Send(times, requests, cancel), cancel, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        await sending;
        cancel.ThrowIfCancellationRequested();
        Failed += (await Task.WhenAll(requests)).Count(answered => !answered);
        return times;
    }

    public void Dispose() => _http.Dispose();

    private void Send(double[] times, Task<bool>[] requests, CancellationToken cancel)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < times.Length && !cancel.IsCancellationRequested; i++)
        {
            var due = start + (long)((double)i / rate * Stopwatch.Frequency);
            for (var left = due - Stopwatch.GetTimestamp(); left > 0; left = due - Stopwatch.GetTimestamp())
            {
                ShortSleep.For(TimeSpan.FromSeconds((double)left / Stopwatch.Frequency));
            }

            requests[i] = RequestAsync(_bodies[i % _bodies.Length], due, i, times, cancel);
        }
    }

    private async Task<bool> RequestAsync(byte[] body, long due, int i, double[] times, CancellationToken cancel)
    {
        var answered = false;
        try
        {
            using var content = new ByteArrayContent(body);
            content.Headers.ContentType = Json;
            using var response = await _http.PostAsync(new Uri("predict", UriKind.Relative), content, cancel);
            await response.Content.CopyToAsync(Stream.Null, cancel);
            answered = response.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // Counted as failed.
        }

        times[i] = Stopwatch.GetElapsedTime(due).TotalMilliseconds;
        return answered;
    }

    private static byte[][] Bodies()
    {
        var images = DemoAssets.ReadTestImages();
        return [.. Enumerable.Range(0, 256)
            .Select(i => System.Text.Encoding.UTF8.GetBytes($$"""{"instances":["{{Convert.ToBase64String(images.Image(i))}}"]}"""))];
    }
}
