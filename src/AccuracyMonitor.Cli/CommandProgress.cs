using Spectre.Console;

namespace AccuracyMonitor.Cli;

/// <summary>
/// How far a command is: a bar for each part of its work, on the error stream, so that results can be piped. Without a terminal there are no bars, and only
/// what is said is written. Threads may share it.
/// </summary>
internal sealed class CommandProgress
{
    private readonly Lock _lock = new();
    private readonly Action<string> _say;
    private readonly ProgressContext? _bars;
    private ProgressTask? _bar;

    private CommandProgress(Action<string> say, ProgressContext? bars) => (_say, _bars) = (say, bars);

    /// <summary>Does the work on another thread.</summary>
    /// <param name="error">The command's error stream.</param>
    /// <param name="part">Name of the first part.</param>
    /// <param name="work">Given where to show how far it is.</param>
    public static Task<T> RunAsync<T>(TextWriter error, string part, Func<CommandProgress, T> work) =>
        RunAsync(error, part, progress => Task.FromResult(work(progress)));

    public static Task RunAsync(TextWriter error, string part, Action<CommandProgress> work) => RunAsync(error, part, progress =>
    {
        work(progress);
        return true;
    });

    public static async Task<T> RunAsync<T>(TextWriter error, string part, Func<CommandProgress, Task<T>> work)
    {
        var console = CommandConsole.Of(error);
        if (!console.Profile.Out.IsTerminal)
        {
            return await Task.Run(() => work(new CommandProgress(error.WriteLine, null)));
        }

        return await console.Progress()
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new RemainingTimeColumn())
            .StartAsync(async bars =>
            {
                var progress = new CommandProgress(console.WriteLine, bars);
                progress.Begin(part);
                var result = await Task.Run(() => work(progress));
                progress.End();
                return result;
            });
    }

    /// <summary>Ends the part before, and begins another one with a bar of its own.</summary>
    public void Begin(string part)
    {
        lock (_lock)
        {
            End();
            _bar = _bars?.AddTask(Markup.Escape(part), maxValue: 1);
            _bar?.IsIndeterminate = true;
        }
    }

    /// <param name="text">What is being done.</param>
    /// <param name="share">Of the part, 0 to 1; null: nobody knows.</param>
    public void Show(string text, double? share)
    {
        lock (_lock)
        {
            if (_bar is not null)
            {
                (_bar.Description, _bar.IsIndeterminate, _bar.Value) = (Markup.Escape(text), share is null, share ?? 0);
            }
        }
    }

    /// <summary>Writes a line above the bars.</summary>
    public void Say(string line)
    {
        lock (_lock)
        {
            _say(line);
        }
    }

    private void End()
    {
        if (_bar is not null)
        {
            (_bar.IsIndeterminate, _bar.Value) = (false, 1);
        }
    }
}
