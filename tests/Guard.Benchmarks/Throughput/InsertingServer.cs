using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Npgsql;

namespace Guard.Benchmarks.Throughput;

/// <summary>The yardstick for one client: reads a request, does one INSERT in a transaction of its own, and replies. No keys, no policies, no JSON.</summary>
internal static class InsertingServer
{
    /// <param name="socket">Where it listens.</param>
    /// <param name="database">PostgreSQL.</param>
    /// <param name="sqlFile">The INSERT.</param>
    public static async Task<int> ServeAsync(string socket, string database, string sqlFile)
    {
        var sql = (await File.ReadAllTextAsync(sqlFile)).Trim().TrimEnd(';');
        await using var source = NpgsqlDataSource.Create(database);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        await using var web = builder.Build();
        var reply = Encoding.ASCII.GetBytes("stored");
        web.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await using (var connection = await source.OpenConnectionAsync())
            {
                await using var command = new NpgsqlCommand(sql, connection);
                await command.PrepareAsync();
                await command.ExecuteNonQueryAsync();
            }

            context.Response.ContentLength = reply.Length;
            await context.Response.Body.WriteAsync(reply);
        });
        await web.StartAsync();
        Console.WriteLine("ready");
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
