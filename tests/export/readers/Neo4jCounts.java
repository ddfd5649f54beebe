import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.Result;
import org.neo4j.graphdb.Transaction;

/** Opens an imported database in this process and prints what queries answer: one line a row, columns by name, lists opened. */
public class Neo4jCounts {
    public static void main(String[] args) {
        DatabaseManagementService server = new DatabaseManagementServiceBuilder(java.nio.file.Path.of(args[0])).build();
        try (Transaction transaction = server.database("neo4j").beginTx()) {
            for (int query = 1; query < args.length; query++) {
                Result result = transaction.execute(args[query]);
                while (result.hasNext()) {
                    Map<String, Object> row = result.next();
                    List<String> cells = new ArrayList<>();
                    for (String column : result.columns()) {
                        Object value = row.get(column);
                        cells.add(value instanceof Object[] list ? Arrays.toString(list) : String.valueOf(value));
                    }
                    System.out.println("row\t" + String.join("\t", cells));
                }
            }
        } finally {
            server.shutdown();
        }
    }
}
