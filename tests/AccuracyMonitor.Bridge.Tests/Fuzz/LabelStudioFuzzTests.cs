using System.Text;
using System.Text.Json;
using AccuracyMonitor.Bridge.LabelStudio;
using AccuracyMonitor.Bridge.Tests.Support;
using AccuracyMonitor.Bridge.Tools;
using AccuracyMonitor.Tests.Fuzz;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace AccuracyMonitor.Bridge.Tests.Fuzz;

/// <summary>What Label Studio sends: webhooks are read without an exception, and an answer that cannot be used is a <see cref="ToolException"/>.</summary>
public sealed class LabelStudioFuzzTests
{
    private const string Config =
        "<View><Image name='input' value='$input'/><Choices name='label' toName='input'><Choice value='cat'/><Choice value='dog'/></Choices></View>";

    private static readonly ClassNames Classes = ClassNames.Of(["cat", "dog"], out _)!;

    private static readonly string[] Hooks =
    [
        """{"action":"ANNOTATION_CREATED","annotation":{"id":7,"task":3,"result":[]},"task":{"id":3},"project":{"id":1}}""",
        """{"action":"ANNOTATIONS_DELETED","annotations":[{"id":7},{"id":8}],"tasks":[{"id":1}]}""",
    ];

    private static readonly string[] Answers =
    [
        """
        {"total":1,"count":1,"tasks":[{"id":3,"created_at":"2026-03-01T12:00:00Z","updated_at":"2026-03-01T12:00:01.5Z",
        "data":{"prediction_id":"p","model":"m","version":"1"},"annotations":[{"id":7,"completed_by":{"id":2},"was_cancelled":false,
        "created_at":"2026-03-01T12:00:00Z","lead_time":3.5,"result":[{"from_name":"label","value":{"choices":["cat"]}}]}]}],
        "results":[{"id":1,"title":"Accuracy Monitor: m"}]}
        """,
        $$"""{"id":1,"title":"t","email":"a@b.example","label_config":{{JsonSerializer.Serialize(Config)}},"show_collab_predictions":true}""",
        """[{"id":1,"url":"https://bridge.example/webhook","is_active":false,"headers":{"X-Accuracy-Monitor-Secret":"s"}}]""",
        """{"access":"a.eyJleHAiOjE3MDAwMDAwMDB9.c"}""",
    ];

    [Fact]
    public void Webhooks() => FuzzRun.Run<NothingIsThrownException>([.. Hooks.Select(Encoding.UTF8.GetBytes)], 4000, bytes => HookReading.Read(bytes));

    [Fact]
    public void Tasks() => FuzzRun.Run<JsonException>([.. Answers.Select(Encoding.UTF8.GetBytes)], 4000, bytes =>
    {
        using var document = JsonDocument.Parse(bytes);
        var reading = new TaskReading(Classes);
        foreach (var task in document.RootElement.List("tasks").Prepend(document.RootElement))
        {
            TaskReading.HasStubs(task);
            reading.Read(task);
        }
    });

    [Fact]
    public void Labelling_configs() => FuzzRun.Run<NothingIsThrownException>([Encoding.UTF8.GetBytes(Config)], 2000, bytes =>
        LabellingConfig.Check(Encoding.UTF8.GetString(bytes), Classes, out _).Count.ShouldBeGreaterThanOrEqualTo(0));

    [Fact]
    public async Task Answers_of_calls()
    {
        byte[] body = [];
        await using var studio = WebApplication.CreateSlimBuilder().Build();
        studio.Urls.Add("http://127.0.0.1:0");
        studio.MapFallback(async (HttpContext context) => await context.Response.Body.WriteAsync(body));
        await studio.StartAsync(TestContext.Current.CancellationToken);
        var token = Path.GetTempFileName();
        await File.WriteAllTextAsync(token, FakeTokens.Legacy, TestContext.Current.CancellationToken);
        var options = new LabelStudioOptions { Url = studio.Urls.First(), TokenFile = token };
        using var client = new LabelStudioClient(options, TimeProvider.System);
        byte[][] corpus = [.. Answers.Select(Encoding.UTF8.GetBytes)];
        await FuzzRun.RunAsync(100, seed => new Mutator(seed, corpus).Next, async input =>
        {
            body = input;
            return await TryAsync(new LabelStudioTool(client, options, new CurrentClasses { Names = Classes }, "m"), TestContext.Current.CancellationToken);
        });
        File.Delete(token);
    }

    /// <returns>False: an answer was refused.</returns>
    private static async Task<bool> TryAsync(LabelStudioTool tool, CancellationToken cancel)
    {
        try
        {
            await tool.PrepareAsync(known: null, change: true, cancel);
            await tool.GetAsync("3", cancel);
            await tool.AnnotatorAsync("2", cancel);
            await foreach (var task in tool.AllAsync(cancel))
            {
                task.Annotations.ShouldNotBeNull();
            }

            await tool.ArmHookAsync(new Uri("https://bridge.example/webhook"), "secret", cancel);
            return true;
        }
        catch (ToolException)
        {
            return false;
        }
    }
}
