import type { Severity } from "../../../model/severity.ts";
import type { FoundForm, SecretGroup, SecretKind } from "../../../stages/secrets/contract.ts";
import { named } from "../shared/rows.ts";
import { addressForm, basicForm, commandForm, connectionStringForm, curlForm, registryLoginForm, sharedAccessForm, standardInputForm } from "./logins.ts";

const REMEDY = "change the password, and hand the new one to the program when it starts";

function login(id: string, title: string, facts: { readonly form: FoundForm; readonly severity?: Severity }): SecretKind {
  return { id, title, severity: facts.severity ?? "high", remedy: REMEDY, form: facts.form };
}

export const connections: SecretGroup = {
  id: "connections",
  title: "Addresses and connection strings with passwords",
  needs: [],
  state: "trial",
  kinds: [
    login("postgres-url", "PostgreSQL address with a password", { form: addressForm(["postgres", "postgresql", "cockroachdb"]) }),
    login("mysql-url", "MySQL address with a password", { form: addressForm(["mysql", "mysql2", "mariadb"]) }),
    login("mongodb-url", "MongoDB address with a password", { form: addressForm(["mongodb", "mongodb+srv"]) }),
    login("redis-url", "Redis address with a password", { form: addressForm(["redis", "rediss"]) }),
    login("amqp-url", "message broker address with a password", { form: addressForm(["amqp", "amqps", "nats", "mqtt", "mqtts", "stomp"]) }),
    login("sqlserver-url", "SQL Server address with a password", { form: addressForm(["sqlserver", "mssql"]) }),
    login("clickhouse-url", "ClickHouse address with a password", { form: addressForm(["clickhouse"]) }),
    login("ftp-url", "FTP or SSH address with a password", { form: addressForm(["ftp", "ftps", "sftp", "ssh"]) }),
    login("smtp-url", "mail server address with a password", { form: addressForm(["smtp", "smtps", "imap", "imaps"]) }),
    login("ldap-url", "LDAP address with a password", { form: addressForm(["ldap", "ldaps"]) }),
    login("proxy-url", "SOCKS proxy address with a password", { form: addressForm(["socks5", "socks5h", "socks4"]), severity: "medium" }),
    login("http-url", "web address with a password", { form: addressForm(["https", "http"]), severity: "medium" }),
    login("basic-auth-header", "header with a password", { form: basicForm, severity: "medium" }),
    login("curl-login", "login of a call of curl", { form: curlForm, severity: "medium" }),
    login("command-password", "password in a command", { form: commandForm, severity: "medium" }),
    login("command-input-password", "password on the standard input of a command", { form: standardInputForm, severity: "medium" }),
    login("registry-login", "login to a registry of images", { form: registryLoginForm }),
    login("connection-string", "database connection string with a password", { form: connectionStringForm }),
    { id: "azure-shared-access", title: "Azure shared access signature", severity: "medium", remedy: "revoke the stored access policy, or renew the account's key", form: sharedAccessForm },
    named(["azure-shared-access-key", "Azure shared access key", "<base64:43>="], { at: "Azure", words: ["sharedaccesskey", "SharedAccessKey"], isWhole: true }),
  ],
};
